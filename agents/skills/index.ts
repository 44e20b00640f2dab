/**
 * Skills that work without a hosted model, and the named checks that criteria may ask for.
 *
 * @example
 * const handler = handlers.find(({ skill }) => skill === 'keyword-research');
 * await handler?.check?.(inputs); // refuses wrong files before a task is queued
 */
import { answerFromHandbook } from './answer-from-handbook/index.ts';
import { checklistRun } from './checklist-run/index.ts';
import { competitorAnalysis } from './competitor-analysis/index.ts';
import { contentOptimization } from './content-optimization/index.ts';
import type { SkillHandler, Validator } from './handler.ts';
import { invoiceCheck } from './invoice-check/index.ts';
import { keywordResearch } from './keyword-research/index.ts';
import { leadScoring } from './lead-scoring/index.ts';
import { meetingNotes } from './meeting-notes/index.ts';
import { reportGenerator, reporting } from './report-generator/index.ts';
import { toDo } from './to-do/index.ts';
import { triageRequest } from './triage-request/index.ts';
import { businessAlignment } from './validators/business-alignment.ts';
import { keywordDensity } from './validators/keyword-density.ts';
import { searchVolume } from './validators/search-volume.ts';

export type * from './handler.ts';

export const handlers: readonly SkillHandler[] = [
  keywordResearch,
  competitorAnalysis,
  answerFromHandbook,
  triageRequest,
  invoiceCheck,
  meetingNotes,
  checklistRun,
  toDo,
  leadScoring,
  contentOptimization,
  reportGenerator,
  reporting,
];
export const validators: readonly Validator[] = [businessAlignment, searchVolume, keywordDensity];

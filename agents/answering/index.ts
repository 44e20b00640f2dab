/** Questions answered from the graph, with citations. */
export {
  type Answer,
  type Answering,
  type AnsweringOptions,
  type AskLimits,
  createAnswering,
  DEFAULT_DEPTH,
  MAX_QUESTION,
  type Question,
} from './answering.ts';
export { type AnswerPassage, type AskModel, answerFromPassages, type PassageAnswer } from './from-passages.ts';

import type { Json } from '../handler.ts';
import { inert } from '../text/inert.ts';
import type { ActionItem, Item, SpottedItems } from './spot-items.ts';
import type { Transcript } from './transcript.ts';

export function itemList(items: readonly Item[], { file }: Transcript): Json[] {
  return items.map(
    ({ text, line, speaker, byModel = false }): Json => ({ text, speaker, file, line, by_model: byModel }),
  );
}

export function actionList(actions: readonly ActionItem[], { file }: Transcript): Json[] {
  return actions.map(
    ({ text, line, speaker, owner, due, by }): Json => ({
      text,
      owner,
      due: due?.day ?? null,
      due_said: due?.said ?? null,
      said_as: by,
      speaker,
      file,
      line,
    }),
  );
}

/** Minutes in Markdown, each item with its line. */
export function minutes(
  spotted: SpottedItems,
  { transcript, day }: { transcript: Transcript; day: string | null },
): string {
  const { decisions, actions, questions } = spotted;
  const list = (title: string, items: readonly string[], none: string) => [
    `## ${title}`,
    items.length > 0 ? items.join('\n') : none,
  ];
  const cite = ({ line }: Item) => `(line ${line})`;
  return [
    `# Minutes${day ? ` of ${day}` : ''}`,
    `Present: ${transcript.speakers.map((name) => inert(name)).join(', ') || 'not told'}. From ${inert(transcript.file)}.`,
    ...list(
      'Decisions',
      decisions.map((item) => `- ${inert(item.text)} ${cite(item)}`),
      'None.',
    ),
    ...list(
      'Actions',
      actions.map(
        (item) =>
          `- **${item.owner ? inert(item.owner) : 'Nobody yet'}**${item.due ? `, by ${item.due.day ?? inert(item.due.said)}` : ''}: ${inert(item.text)} ${cite(item)}`,
      ),
      'None.',
    ),
    ...list(
      'Open questions',
      questions.map(
        (item) => `- ${inert(item.text)}${item.speaker ? `, asked by ${inert(item.speaker)}` : ''} ${cite(item)}`,
      ),
      'None.',
    ),
  ].join('\n\n');
}

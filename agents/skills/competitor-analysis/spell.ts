import type { Difference } from './compare-pages.ts';
import type { TopicStanding } from './types.ts';

/** What an estimate takes for granted. */
export const ASSUMPTION =
  'position 3 is reached and clicked as the client is there, searches taken as impressions as the table gives them; ends of the 80 % intervals of the keywords added up';

export const STANDINGS: Readonly<Record<TopicStanding, string>> = {
  gap: 'only competitors are found',
  behind: 'competitors stand clearly before the client',
  even: 'neither the client nor the competitors are clearly ahead',
  ahead: 'the client stands clearly before every competitor',
  alone: 'of the compared sites only the client is found',
};

/** One difference as half a sentence, without anything from the pages but numbers and days. */
export function sayDifference({ kind, winner, own, name }: Difference, shown: (text: string) => string): string {
  switch (kind) {
    case 'longer':
      return `longer: ${winner} words against ${own}`;
    case 'newer':
      return `newer: ${winner} against ${own}`;
    case 'dated':
      return `says its date (${winner}), the other does not`;
    case 'question_headings':
      return `headings that ask (${winner})`;
    case 'list':
      return `has ${winner === 1 ? 'a list' : `${winner} lists`}`;
    case 'table':
      return `has ${winner === 1 ? 'a table' : `${winner} tables`}`;
    case 'more_sections':
      return `${winner} sections against ${own}`;
    case 'entity':
      return `speaks of ${shown(name ?? '')}`;
    case 'images':
      return `has ${winner === 1 ? 'an image' : `${winner} images`}`;
    case 'structured_data':
      return `structured data: ${shown(String(winner))}`;
    case 'more_links_to_it':
      return `${winner} domains link to it, ${own} to the other`;
  }
}

import { isDeepStrictEqual } from 'node:util';
import { skillErrors } from '../../errors.ts';
import type { EditedOutcome, Redrawn } from '../../handler.ts';
import { printed } from '../printed.ts';
import { drawEdited } from './draw-edited.ts';

const DRAWN_FORMS = ['report_html', 'report_pdf'];
const MOST_TOLD = 8;
const WAY_OUT =
  'put it back, give the number the mark that it has in the report, or make it your own with a mark and a line that says where it is from, such as `12[^call]` and `[^call]: Call with the client`';

/**
 * A report that a person edited when approving it: `report_markdown` is the text, page and PDF are drawn from it.
 * Errors: KAZE_SKILL_EDIT_REFUSED with every line that says a number without a source, or for an edit of a drawn form.
 */
export async function redrawReport({ made, edited, approval, print, logger }: EditedOutcome): Promise<Redrawn> {
  const { report_markdown: text, report_html: page, report_pdf: pdf } = made;
  const given = edited.report_markdown ?? text;
  if (typeof text !== 'string' || typeof given !== 'string') return { outputs: edited, notes: [] };
  const forms = DRAWN_FORMS.filter((name) => name in made);
  const changed = forms.find((name) => edited[name] != null && !isDeepStrictEqual(edited[name], made[name]));
  if (changed) throw refused([`${changed} is not as it was made`], 'it is drawn from report_markdown: edit that');
  if (given === text) {
    const same = Object.fromEntries(forms.map((name) => [name, made[name]!]));
    return { outputs: { ...edited, report_markdown: text, ...same }, notes: [] };
  }
  const drawn = drawEdited({ made: text, edited: given, page: typeof page === 'string' ? page : null, approval });
  if (drawn.problems.length > 0) throw refused(drawn.problems, WAY_OUT);
  const file = drawn.page === null || pdf === undefined ? undefined : await printed(drawn.page, { print, logger });
  return {
    outputs: {
      ...edited,
      report_markdown: drawn.markdown,
      ...(drawn.page === null ? {} : { report_html: drawn.page }),
      ...(file ? { report_pdf: file.file } : {}),
    },
    notes: [
      ...(drawn.chartsGone > 0
        ? [`Charts left out of the edited report, since the tables behind them were edited: ${drawn.chartsGone}.`]
        : []),
      ...(file?.notes ?? []),
    ],
  };
}

function refused(problems: readonly string[], wayOut: string): Error {
  const more = problems.length > MOST_TOLD ? `; and ${problems.length - MOST_TOLD} more` : '';
  const told = problems.slice(0, MOST_TOLD).join('; ');
  return skillErrors(
    'KAZE_SKILL_EDIT_REFUSED',
    `the edited report cannot be delivered: ${told}${more}. Way out: ${wayOut}`,
    {
      fields: { problems },
    },
  );
}

import type { DocumentPart } from '../../../domain/messages.ts';
import { CITE_BY_NUMBER, passageText } from './passages.ts';

/** Gives the documents of one request their numbers, in the order in which they stand in it, from 1. */
export class NumberedDocuments {
  private next = 1;

  /** The document as text; the first one comes with the request to cite by number. */
  text(part: DocumentPart): string {
    const number = this.next;
    this.next += 1;
    const text = passageText(part, number);
    return number === 1 ? `${CITE_BY_NUMBER}\n\n${text}` : text;
  }
}

import type { HtmlDocument } from '../html-blocks.ts';
import type { PdfDocument } from '../pdf-blocks.ts';
import type { PdfLayout } from '../types.ts';

/** What crosses between Kaze, the parser process and its working thread. Sent by structured clone. */
export interface ParseLimits {
  readonly name: string;
  readonly maxPages: number;
  readonly maxBlockChars: number;
  readonly parseMemoryMiB: number;
}

export type ParseRequest =
  | {
      readonly id: number;
      readonly kind: 'pdf';
      readonly bytes: Uint8Array;
      readonly layout?: PdfLayout;
      readonly limits: ParseLimits;
    }
  | { readonly id: number; readonly kind: 'html'; readonly text: string; readonly limits: ParseLimits };

export type ParsedDocument = (HtmlDocument | PdfDocument) & {
  readonly pages?: number;
  readonly hasScripts?: boolean;
  readonly facts?: HtmlDocument['facts'];
};

export type ParseReply =
  | {
      readonly id: number;
      readonly ok: true /** A `ParsedDocument`: one string crosses two borders faster than its many objects. */;
      readonly json: string;
    }
  | { readonly id: number; readonly ok: false; readonly failure: ParseFailure };

export type ParseFailure =
  | {
      readonly kind: 'coded';
      readonly code: string;
      readonly message: string;
      readonly fields: Record<string, string | number>;
    }
  | { readonly kind: 'memory' }
  | { readonly kind: 'crash'; readonly message: string };

import { describe, expect, it } from 'vitest';
import { detectFormat, readDocument, readTable, sourceOf } from '#platform/formats';
import { collect, makePdf } from './builders.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const zip = (entry: string) =>
  Buffer.concat([Buffer.from('504b0304140000000800', 'hex'), Buffer.alloc(20), Buffer.from(entry)]);
const xlsx = zip('[Content_Types].xml....xl/workbook.xml');
const xls = Buffer.concat([
  Buffer.from('d0cf11e0a1b11ae1', 'hex'),
  Buffer.alloc(600),
  Buffer.from('Workbook', 'utf16le'),
]);
const page = '\ufeff<!-- saved -->\n<!DOCTYPE html>\n<html><body><p>Sign in</p></body></html>';

describe('detectFormat', () => {
  it.each([
    ['a.md', bytes('# Title\n'), 'markdown', 'Markdown'],
    ['readme', bytes('# Title\n\nText with [a link](x).\n'), 'markdown', 'Markdown'],
    ['README.md', bytes('<p align="center"><img src="x"></p>\n\n# Title\n'), 'markdown', 'Markdown'],
    ['a.html', bytes('<p>fragment</p>'), 'html', 'a web page (HTML)'],
    ['noname', bytes(page), 'html', 'a web page (HTML)'],
    ['a.csv', bytes('<div>Error</div>'), 'html', 'a web page (HTML)'],
    ['a.csv', bytes('a,b\n1,2\n'), 'csv', 'a CSV table'],
    ['noname', bytes('a;b\n1;2\n3;4\n'), 'csv', 'a CSV table'],
    ['noname', bytes('Dear all,\nthe meeting is at nine.\nYours\n'), 'text', 'plain text'],
    ['a.txt', makePdf([[{ text: 'x' }]]), 'pdf', 'a PDF document'],
    ['a.csv', xlsx, 'zip', 'an Excel workbook (xlsx)'],
    ['a.csv', xls, 'unknown', 'an Excel 97-2003 workbook (xls)'],
    ['a.md', zip('word.txt'), 'zip', 'a zip archive'],
    ['a.txt', zip('[Content_Types].xml word/document.xml'), 'zip', 'a Word document (docx)'],
    ['a.txt', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'unknown', 'a PNG image'],
    ['a.txt', Buffer.from([1, 2, 0, 3, 4, 0, 7]), 'unknown', 'binary data'],
    ['a.csv', Buffer.from('a,b\n1,2\n', 'utf16le'), 'csv', 'a CSV table'],
    ['a.csv', bytes('{"error":{"code":401}}'), 'unknown', 'JSON'],
    ['a.csv', bytes('[\n  {"query": "a"}]'), 'unknown', 'JSON'],
    ['a.html', bytes('{"error": "gone"}'), 'unknown', 'JSON'],
    ['a.csv', bytes('<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'), 'unknown', 'an XML file'],
    [
      'a.xls',
      bytes('<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="urn:x">'),
      'unknown',
      'an Excel 2003 spreadsheet (XML)',
    ],
    [
      'page.mhtml',
      bytes(
        'From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\r\n<html>',
      ),
      'unknown',
      'a web archive (MHTML)',
    ],
    ['notes.txt', bytes('{"a": 1}'), 'text', 'plain text'],
    ['notes.txt', bytes('How PDFs begin: with %PDF-1.4\n'), 'text', 'plain text'],
  ])('tells %s (%#) by its content', (name, content, format, label) => {
    expect(detectFormat(name, content)).toMatchObject({ format, label });
  });
});

describe('readers', () => {
  it('refuse a web page named .csv', async () => {
    const error = await readTable(sourceOf('queries.csv', page)).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'KAZE_FORMAT_MISMATCH', fields: { found: 'html', expected: 'csv' } });
    expect(error.message).toBe('queries.csv is a web page (HTML), and a CSV table was expected; rename it to .html');
  });

  it('refuse spreadsheets named .csv and say how to save them', async () => {
    for (const content of [xlsx, xls]) {
      const error = await readTable(sourceOf('q.csv', content)).catch((thrown) => thrown);
      expect(error.code).toBe('KAZE_FORMAT_MISMATCH');
      expect(error.message).toContain('open it and save the sheet as CSV (UTF-8)');
    }
  });

  it('refuse a PDF named .txt, and text named .pdf', async () => {
    await expect(collect(readDocument(sourceOf('a.txt', makePdf([[{ text: 'x' }]]))))).rejects.toMatchObject({
      code: 'KAZE_FORMAT_MISMATCH',
      fields: { found: 'pdf', expected: 'text' },
    });
    await expect(collect(readDocument(sourceOf('a.pdf', 'just text')))).rejects.toMatchObject({
      code: 'KAZE_FORMAT_MISMATCH',
      fields: { found: 'text', expected: 'pdf' },
    });
  });

  it('refuse archives and images by what they are', async () => {
    const error = await collect(readDocument(sourceOf('all.zip', zip('bomb.txt')))).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'KAZE_FORMAT_UNSUPPORTED', status: 415, fields: { found: 'zip' } });
    expect(error.message).toBe(
      'all.zip is a zip archive, which is not read; unpack it and give the files inside; archives are never unpacked here',
    );
  });

  it('refuse what holds nothing', async () => {
    const error = await collect(readDocument(sourceOf('a.md', ''))).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'KAZE_FORMAT_EMPTY' });
    expect(error.message).toBe('a.md is empty (0 bytes); save or export it again');
    await expect(readTable(sourceOf('a.csv', '\n\n'))).rejects.toMatchObject({ code: 'KAZE_FORMAT_EMPTY' });
  });
});

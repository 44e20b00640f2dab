/** Makes PDFs of pages that need nothing from elsewhere. */
export interface PagePrinter {
  /**
   * One page of HTML (as many sheets as it needs) as PDF. Scripts in it do not run, and nothing that it names is fetched.
   * Errors: KAZE_PRINTER_FAILED.
   */
  print(html: string, signal?: AbortSignal): Promise<Uint8Array>;
}

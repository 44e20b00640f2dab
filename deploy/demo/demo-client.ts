/** What the demo sets up for one example client, and what it has done there. Plain data: nothing here talks to a cell. */
export interface DemoClient {
  /** Name of the client in the cell; begins with `demo-`, so that it is nobody's real one. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly language: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** The field that its documents matter for. */
  readonly vertical: string;
  /** Names of agent definitions. */
  readonly agents: readonly string[];
  /** Who works there; the first one decides about outcomes. */
  readonly people: readonly [reviewer: DemoPerson, ...others: DemoPerson[]];
  readonly documents: readonly DemoDocument[];
  readonly tasks: readonly DemoTask[];
}

export interface DemoPerson {
  readonly name: string;
  readonly role: 'reviewer' | 'viewer';
}

export interface DemoDocument {
  /** Name of the collection. */
  readonly root: string;
  readonly name: string;
  readonly text: string;
}

export interface DemoTask {
  /** Tells it apart within its client. */
  readonly key: string;
  readonly agent: string;
  readonly skill: string;
  /** What it is for, in a few words. */
  readonly about: string;
  /** A task in the cell is this one when this input has this text, or is a file of this name. */
  readonly mark: { readonly input: string; readonly value: string };
  /** Key of the task that must have ended before. */
  readonly after?: string;
  /** Made when they are wanted: generating files takes a moment. */
  inputs(): DemoInputs;
  /** What the reviewer decides; without one the outcome waits for the user. */
  readonly decision?: DemoDecision;
  /** What is decided about the tasks that come of it, in their order; those beyond wait for the user. */
  readonly parts?: readonly DemoDecision[];
}

export interface DemoInputs {
  readonly values: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyArray<{ readonly input: string; readonly name: string; readonly bytes: Uint8Array }>;
}

export type Outputs = Readonly<Record<string, unknown>>;

export type DemoDecision =
  | { readonly decision: 'approve' | 'reject'; readonly reason: string }
  | { readonly decision: 'edit'; readonly reason: string; readonly edit: (outputs: Outputs) => Outputs };

/** How much of it there is. */
export interface DemoSize {
  /** Queries of a period in the bakery's Search Console export, 3,000 to 40,000; leads and invoices follow. */
  readonly rows: number;
}

import type { DemoName } from './names.ts';

/** A query that shows something on the graph that the demo leaves. */
export interface DemoQuery {
  readonly title: string;
  readonly query: string;
}

type Made = DemoQuery & {
  /** The client that it is about, where it is about one. */
  readonly client?: DemoName;
};

/**
 * For the playground: what was decided, why an outcome came about, what the knowledge is used for.
 *
 * @param outcome id of an outcome, or of its task, to explain
 * @param clients names of the clients that are there
 */
export function demoQueries(outcome: string, clients: readonly string[]): readonly DemoQuery[] {
  return allOf(outcome)
    .filter(({ client }) => client === undefined || clients.includes(client))
    .map(({ title, query }) => ({ title, query }));
}

function allOf(outcome: string): readonly Made[] {
  return [
    {
      title: 'Everything that was asked for, with the checks and the decision',
      query: `query Decisions {
  tasks(filter: { scope: { startsWith: "tenant:demo-" } }, orderBy: createdAt_ASC) {
    nodes {
      skill state scope costMicros
      outcomes { nodes { summary evaluations { nodes { criterion passed } } } }
      approvals { nodes { state reason decidedBy { name } } }
    }
  }
}`,
    },
    {
      title: 'Why an outcome came about: version, knowledge, passages, decision',
      query: `query Why {
  whyOutcome(id: "${outcome}") {
    summary agent { name role } skillVersion { name number } model costMicros
    knowledge { title cited }
    passages { text cited source { name } }
    evaluations { criterion passed explanation }
    approvals { state reason decidedBy { name } }
  }
}`,
    },
    {
      client: 'demo-software',
      title: 'What the scores of leads were learned from, and which one took whose place',
      query: `query Models {
  trainedModels(filter: { scope: { eq: "tenant:demo-software" } }, orderBy: createdAt_DESC) {
    nodes {
      name createdAt rows positives metrics
      supersedes { id createdAt }
      outcome { state task { id state approvals { nodes { state decidedBy { name } } } } }
    }
  }
}`,
    },
  ];
}

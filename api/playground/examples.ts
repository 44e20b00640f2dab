/** What the playground opens with: one tab each. */
export const exampleQueries: ReadonlyArray<{ readonly name: string; readonly query: string }> = [
  {
    name: 'tasks',
    query: `# What the agents of this cell are doing. Put your token below, under "Headers":
#   { "Authorization": "Bearer <token>" }
query Tasks {
  tasks(first: 10, orderBy: createdAt_DESC) {
    totalCount
    nodes {
      id
      skill
      state
      createdAt
      agent {
        name
      }
      outcomes(first: 1) {
        nodes {
          summary
          state
        }
      }
    }
  }
}
`,
  },
  {
    name: 'whyOutcome',
    query: `# What led to an outcome. The id is an outcome's or its task's.
query WhyOutcome($id: ID!) {
  whyOutcome(id: $id) {
    summary
    state
    costMicros
    skillVersion {
      name
      number
    }
    agent {
      name
      role
    }
    knowledge {
      title
      text
      cited
    }
    passages {
      text
      cited
      erased
      source {
        name
        state
      }
    }
    evaluations {
      criterion
      passed
      explanation
    }
    approvals {
      state
      reason
      decidedBy {
        name
      }
    }
  }
}
`,
  },
  {
    name: 'searchKnowledge',
    query: `# Knowledge and passages, by words and by meaning.
query SearchKnowledge {
  searchKnowledge(input: { text: "holiday allowance", limit: 5 }) {
    hits {
      score
      reasons
      excerpt
      node {
        __typename
        id
        ... on Chunk {
          source {
            name
          }
        }
        ... on Knowledge {
          title
          kind
        }
      }
    }
  }
}
`,
  },
  {
    name: 'taskChanged',
    query: `# Follows tasks live: run it, then submit one.
subscription TaskChanged {
  taskChanged {
    id
    skill
    state
    progress
  }
}
`,
  },
];

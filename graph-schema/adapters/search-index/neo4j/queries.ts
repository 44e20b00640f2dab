/**
 * Every text sent to Neo4j. `label` is the index's own node label, checked on construction; everything else is a
 * parameter. Index names carry the label, so that several indexes can live on one server (tests, migrations).
 */
export interface Names {
  /** Node label of an entry. */
  readonly entry: string;
  /** Node label of the one node that holds the fingerprint. */
  readonly meta: string;
  readonly text: string;
  readonly vector: string;
}

export function namesFor(namespace: string): Names {
  const suffix = namespace === '' ? '' : `_${namespace}`;
  const lower = suffix.toLowerCase();
  return {
    entry: `SearchEntry${suffix}`,
    meta: `SearchMeta${suffix}`,
    text: `search_entry_text${lower}`,
    vector: `search_entry_vector${lower}`,
  };
}

/**
 * The scope token and the label stand in the full-text index beside the text, so that Lucene filters before it ranks.
 * Names of constraints and indexes are given, so that `IF NOT EXISTS` finds them again.
 */
export function schemaStatements(names: Names, dimensions: number): string[] {
  const { entry, meta } = names;
  return [
    `CREATE CONSTRAINT ${names.text}_id IF NOT EXISTS FOR (n:${entry}) REQUIRE n.id IS UNIQUE`,
    `CREATE CONSTRAINT ${names.text}_meta IF NOT EXISTS FOR (n:${meta}) REQUIRE n.id IS UNIQUE`,
    `CREATE INDEX ${names.text}_scope IF NOT EXISTS FOR (n:${entry}) ON (n.scopeToken, n.model)`,
    `CREATE INDEX ${names.text}_model IF NOT EXISTS FOR (n:${entry}) ON (n.model)`,
    `CREATE FULLTEXT INDEX ${names.text} IF NOT EXISTS FOR (n:${entry}) ON EACH [n.terms, n.scopeToken, n.label] ` +
      "OPTIONS {indexConfig: {`fulltext.analyzer`: 'english'}}",
    vectorIndexStatement(names, dimensions),
  ];
}

export function vectorIndexStatement(names: Names, dimensions: number): string {
  return (
    `CREATE VECTOR INDEX ${names.vector} IF NOT EXISTS FOR (n:${names.entry}) ON (n.vector) OPTIONS {indexConfig: ` +
    `{\`vector.dimensions\`: ${dimensions}, \`vector.similarity_function\`: 'cosine'}}`
  );
}

export const AWAIT_INDEXES = 'CALL db.awaitIndexes(300)';
export const VECTOR_DIMENSIONS =
  "SHOW INDEXES YIELD name, options WHERE name = $name RETURN options.indexConfig['vector.dimensions'] AS dimensions";

/** Lock first (the MERGE), then decide from what is there: the vector stays only with an equal text. */
export function upsert({ entry }: Names): string {
  return `UNWIND $rows AS row
    MERGE (n:${entry} {id: row.id})
    SET n.scopeToken = row.scopeToken
    WITH n, row, n.textHash = row.textHash AS kept
    SET n.label = row.label, n.language = row.language, n.text = row.text, n.terms = row.terms, n.textHash = row.textHash,
        n.model = CASE WHEN kept THEN n.model ELSE '' END,
        n.vector = CASE WHEN kept THEN n.vector ELSE null END`;
}

export function setVectors({ entry }: Names): string {
  return `UNWIND $rows AS row
    MATCH (n:${entry} {id: row.id})
    SET n.scopeToken = n.scopeToken
    WITH n, row WHERE row.textHash = '' OR n.textHash = row.textHash
    SET n.model = row.model
    WITH n, row
    CALL db.create.setNodeVectorProperty(n, 'vector', row.vector)`;
}

export function remove({ entry }: Names): string {
  return `UNWIND $ids AS id MATCH (n:${entry} {id: id}) DETACH DELETE n`;
}

export function removeSome({ entry }: Names): string {
  return `MATCH (n:${entry}) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS removed`;
}

export function missingVectors({ entry }: Names): string {
  return `MATCH (n:${entry}) WHERE n.model < $model OR n.model > $model
    RETURN n.id AS id, n.label AS label, n.scopeToken AS scopeToken, n.text AS text, n.language AS language LIMIT $limit`;
}

export function counts({ entry }: Names): string {
  return `CALL () { MATCH (n:${entry}) RETURN count(n) AS documents }
    CALL () { MATCH (n:${entry}) WHERE n.model > '' RETURN count(n) AS vectors }
    RETURN documents, vectors`;
}

/** The analyzer may cut a hex token's ending, so the filter is checked again on the property itself. */
export function searchText({ text }: Names): string {
  return `CALL db.index.fulltext.queryNodes('${text}', $query, {limit: $fetch}) YIELD node, score
    WHERE node.scopeToken IN $scopeTokens AND ($labels IS NULL OR node.label IN $labels)
    RETURN node.id AS id, score, node.model AS model ORDER BY score DESC, id LIMIT $limit`;
}

export function countScope({ entry }: Names): string {
  return `CALL () { MATCH (n:${entry}) WHERE n.scopeToken IN $scopeTokens AND n.model = $model
        AND ($labels IS NULL OR n.label IN $labels) RETURN count(n) AS inScope }
    CALL () { MATCH (n:${entry}) WHERE n.model > '' RETURN count(n) AS everywhere }
    RETURN inScope, everywhere`;
}

export function searchVectorsExactly({ entry }: Names): string {
  return `MATCH (n:${entry}) WHERE n.scopeToken IN $scopeTokens AND n.model = $model
      AND ($labels IS NULL OR n.label IN $labels)
    RETURN n.id AS id, 2 * vector.similarity.cosine(n.vector, $vector) - 1 AS cosine
    ORDER BY cosine DESC, id LIMIT $limit`;
}

/** The index's own scores come from quantised vectors: they find the candidates, the vectors rank them. */
export function searchVectorsByIndex({ vector }: Names): string {
  return `CALL db.index.vector.queryNodes('${vector}', $fetch, $vector) YIELD node
    WHERE node.scopeToken IN $scopeTokens AND node.model = $model AND ($labels IS NULL OR node.label IN $labels)
    RETURN node.id AS id, 2 * vector.similarity.cosine(node.vector, $vector) - 1 AS cosine
    ORDER BY cosine DESC, id LIMIT $limit`;
}

export function readFingerprint({ meta }: Names): string {
  return `MATCH (m:${meta} {id: 'fingerprint'})
    RETURN m.storeId AS storeId, m.generation AS generation, m.model AS model`;
}

export function writeFingerprint({ meta }: Names): string {
  return `MERGE (m:${meta} {id: 'fingerprint'})
    SET m.storeId = $storeId, m.generation = $generation, m.model = $model`;
}

export function removeFingerprint({ meta }: Names): string {
  return `MATCH (m:${meta} {id: 'fingerprint'}) DELETE m`;
}

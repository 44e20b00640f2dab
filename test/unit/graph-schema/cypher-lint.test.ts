import { describe, expect, it } from 'vitest';
import { lintCypher } from '../../../graph-schema/domain/cypher-lint.ts';
import { CYPHER_RULES } from '../../../graph-schema/domain/cypher-lint-rules.ts';

/** For each rule: texts that break it, and the nearest texts that do not. */
const CASES: Readonly<Record<string, { wrong: readonly string[]; right: readonly string[] }>> = {
  'one-hop': {
    wrong: [
      'MATCH (a:Node)-[:K]->(b:Node)-[:K]->(c:Node) RETURN c.id AS id',
      'MATCH (a:Node) CALL (a) { MATCH (a)-[r]->(b)<-[q]-(c) RETURN count(c) AS n } RETURN n AS n',
      'MATCH (a:Node) WHERE COUNT { MATCH (a)-[:K]->(b)-[:K]->(c) WHERE c.x = $x } > 0 RETURN a.id AS id',
    ],
    right: [
      'MATCH (a:Node)-[:K]->(b:Node), (b)-[:K]->(c:Node) RETURN c.id AS id',
      'MATCH (a:Node)-[:K]->(b:Node) MATCH (b)-[:K]->(c:Node) WHERE (c.x + 1) > (b.x) RETURN c.id AS id',
    ],
  },
  'exists-below': {
    wrong: ['MATCH (a:Node) WHERE EXISTS { MATCH (a)-[:K]->(b:Node) } RETURN a.id AS id'],
    right: ['MATCH (a:Node) WHERE COUNT { MATCH (a)-[:K]->(b:Node) } > 0 RETURN a.exists AS id'],
  },
  'optional-in-call': {
    wrong: ['MATCH (a:Node) CALL (a) { OPTIONAL MATCH (a)-[:K]->(b:Node) RETURN count(b) AS n } RETURN n AS n'],
    right: [
      'MATCH (a:Node) CALL (a) { MATCH (a)-[:K]->(b:Node) RETURN count(b) AS n } OPTIONAL MATCH (a)-[:L]->(c) RETURN n AS n, c.id AS c',
    ],
  },
  'collect-subquery': {
    wrong: ['MATCH (a:Node) RETURN COLLECT { MATCH (a)-[:K]->(b:Node) RETURN b.id AS id } AS ids'],
    right: ['MATCH (a:Node) RETURN collect({`id`: a.id}) AS ids'],
  },
  'map-projection': {
    wrong: ['MATCH (a:Node) RETURN a{.*} AS a', 'MATCH (a:Node) RETURN a {.id, .name} AS a'],
    right: ['MATCH (a:Node) RETURN {`id`: a.id, `v`: 1.5} AS a'],
  },
  'label-expression': {
    wrong: [
      'MATCH (a:Task|Goal) RETURN a.id AS id',
      'MATCH (a:!Task) RETURN a.id AS id',
      'MATCH (a:Node&Task) RETURN a.id AS id',
    ],
    right: [
      'MATCH (a:Node:Task) WHERE a:Task OR a:Goal RETURN a.id AS id',
      'MATCH (a:Node)-[r:USED|CITES]->(b:Node) RETURN b.id AS id',
    ],
  },
  'inline-where': {
    wrong: ['MATCH (a:Node WHERE a.x = 1) RETURN a.id AS id'],
    right: [
      'MATCH (a:Node) WHERE a.x = 1 RETURN a.id AS id',
      'MATCH (a:Node) RETURN size([x IN a.list WHERE x > 1]) AS n',
    ],
  },
  'pattern-comprehension': {
    wrong: [
      'MATCH (a:Node) RETURN [(a)-[:K]->(b) | b.id] AS ids',
      'MATCH (a:Node) RETURN [(a)<-[:K]-(b) WHERE b.x = 1 | b.id] AS ids',
    ],
    right: ['MATCH (a:Node) RETURN [x IN a.list | x + 1] AS xs', 'MATCH (a:Node) RETURN [(a.x + 1) * 2] AS xs'],
  },
  'bare-node': {
    wrong: [
      'MATCH (a:Node) RETURN a',
      'MATCH (a:Node)-[r:K]->(b:Node) RETURN b AS b, a.id AS id',
      'MATCH (a:Node) RETURN DISTINCT a',
    ],
    right: [
      'MATCH (a:Node) WITH a ORDER BY a.id RETURN {`id`: a.id} AS a',
      'MATCH (a:Node) CALL (a) { MATCH (a)-[:K]->(b:Node) RETURN b UNION ALL MATCH (a)-[:L]->(b:Node) RETURN b } RETURN b.id AS id',
    ],
  },
  alias: {
    wrong: ['MATCH (a:Node) RETURN a.id', 'MATCH (a:Node) RETURN count(*), a.id AS id'],
    right: [
      'MATCH (a:Node) RETURN a.id AS id, count(*) AS n ORDER BY a.id LIMIT 3',
      'RETURN {`a`: 1, `b`: [1, 2]} AS m',
    ],
  },
  'return-all': {
    wrong: ['MATCH (a:Node) WITH * RETURN a.id AS id', 'MATCH (a:Node) RETURN *'],
    right: ['MATCH (a:Node) WITH a, 2 * a.x AS y RETURN count(*) AS n, y AS y'],
  },
  'skip-limit': {
    wrong: [
      'MATCH (a:Node) RETURN a.id AS id LIMIT $l + 1',
      'MATCH (a:Node) RETURN a.id AS id SKIP toInteger($s) LIMIT 5',
    ],
    right: [
      'MATCH (a:Node) RETURN a.id AS id SKIP $s LIMIT 5',
      'CALL () { MATCH (a:Node) WITH a LIMIT $l RETURN count(a) AS n } RETURN n AS n',
    ],
  },
  'list-plus': {
    wrong: ['MATCH (a:Node) RETURN [1, 2] + 3 AS l', 'MATCH (a:Node) RETURN [1] + a.x AS l'],
    right: ['MATCH (a:Node) RETURN [1, 2] + [3] AS l', 'MATCH (a:Node)-[r:K]->(b:Node) RETURN a.x + b.x AS l'],
  },
  temporal: {
    wrong: [
      'RETURN datetime() AS now',
      'RETURN timestamp() AS now',
      'RETURN duration({days: 1}) AS d',
      'RETURN randomUUID() AS id',
    ],
    right: ['RETURN $now AS now', 'MATCH (a:Node) WHERE a.date = $date RETURN a.time AS time'],
  },
  'missing-function': {
    wrong: [
      'RETURN isEmpty($l) AS e',
      'RETURN percentileDisc($x, 0.5) AS p',
      'MATCH p = shortestPath((a:Node)-[*..3]->(b:Node)) RETURN length(p) AS l',
    ],
    right: ['RETURN size($l) = 0 AS e'],
  },
  'aggregate-inside': {
    wrong: [
      'MATCH (a:Node) RETURN {`n`: count(*)} AS m',
      'MATCH (a:Node) RETURN [max(a.x)] AS m',
      'MATCH (a:Node) RETURN [count(a), 2][0] AS m',
    ],
    right: [
      'MATCH (a:Node) WITH count(*) AS n RETURN {`n`: n} AS m',
      'CALL () { MATCH (a:Node) RETURN count(a) AS n } RETURN {`n`: n} AS m',
      'MATCH (a:Node) WHERE COUNT { MATCH (a)-[:K]->(b:Node) } > 0 RETURN collect({`id`: a.id}) AS l',
    ],
  },
  sum: {
    wrong: ['MATCH (a:Node) RETURN sum(a.x) AS s', 'MATCH (a:Node) WITH sum(a.x) AS s RETURN s AS s'],
    right: ['MATCH (a:Node) WITH sum(a.x) AS s0 RETURN coalesce(s0, 0) AS s'],
  },
  'null-in-map': {
    wrong: ['MATCH (a:Node {gone: null}) RETURN a.id AS id', 'MERGE (a:Node {id: null})'],
    right: ['MATCH (a:Node {gone: $gone}) RETURN {`x`: null} AS m'],
  },
  unbounded: {
    wrong: [
      'MATCH (a:Node)-[:K*]->(b:Node) RETURN b.id AS id',
      'MATCH (a:Node)-[:K*2..]->(b:Node) RETURN b.id AS id',
      'MATCH (a)-[*]-(b) RETURN b.id AS id',
    ],
    right: [
      'MATCH (a:Node)-[:K*1..4]->(b:Node) RETURN 2 * [3 * b.x][0] AS x',
      'MATCH (a:Node)-[:K*2]->(b:Node) RETURN b.id AS id',
    ],
  },
  'regular-expression': {
    wrong: ["MATCH (a:Node) WHERE a.name =~ '.*x' RETURN a.id AS id"],
    right: ["MATCH (a:Node) WHERE a.name CONTAINS '=~' RETURN a.id AS id"],
  },
  'call-with': {
    wrong: ['MATCH (a:Node) CALL { WITH a MATCH (a)-[:K]->(b:Node) RETURN count(b) AS n } RETURN n AS n'],
    right: ['MATCH (a:Node) CALL (a) { MATCH (a)-[:K]->(b:Node) RETURN count(b) AS n } RETURN n AS n'],
  },
  'delete-detached': {
    wrong: ['MATCH (a:Node) WHERE a.id = $id DELETE a'],
    right: ['MATCH (a:Node) WHERE a.id = $id DETACH DELETE a', 'MATCH (a:Node)-[r:K]->(b:Node) DELETE r'],
  },
  'key-map-with-where': {
    wrong: [
      'MATCH (n:Node {id: $id}) WHERE n:Task AND n.scope IN $s RETURN n.id AS id',
      'MATCH (n:Node {id: $id}) WHERE n.scope IN $s SET n.lock = $t',
      'MATCH (a:Node {id: $id})-[r]->(b:Node) WHERE a.scope IN $s RETURN b.id AS id',
    ],
    right: [
      'MATCH (n:Node) WHERE n.id = $id AND n:Task AND n.scope IN $s RETURN n.id AS id',
      'MATCH (n:Node {id: $id}) RETURN n.state AS state',
      'MATCH (a:Node {id: $id})-[r]->(b:Node) WHERE b.scope IN $s RETURN b.id AS id',
    ],
  },
  'scope-before-set': {
    wrong: ['MATCH (n:Node) WHERE n.id = $id SET n.lock = $t WITH n WHERE n.scope IN $s SET n.state = $state'],
    right: [
      'MATCH (n:Node) WHERE n.id = $id AND n.scope IN $s SET n.lock = $t WITH n WHERE n.state = $old SET n.state = $state',
    ],
  },
  'lock-first': {
    wrong: [
      'MATCH (n:Node) WHERE n.id = $id AND n.version = $v SET n.version = $v + 1',
      'MATCH (n:Task) WHERE n.leaseUntil < $now SET n.worker = $w, n.lock = $t',
      'MATCH (n:Node) WHERE n.id = $id AND n.state = $s SET n += $patch',
    ],
    right: [
      'MATCH (n:Node) WHERE n.id = $id SET n.lock = $t WITH n WHERE n.version = $v SET n.version = $v + 1',
      'MATCH (n:Node) WHERE n.id = $id AND n.version = $v SET n.lock = $t WITH n WHERE n.version = $v SET n += $patch',
      'UNWIND $rows AS row MATCH (n:Node) WHERE n.id = row.id AND n:Task AND n.scope STARTS WITH $p SET n += row.patch',
    ],
  },
};

describe('the lint for Cypher texts', () => {
  it('has cases for every rule', () => {
    expect(Object.keys(CASES).sort()).toEqual(CYPHER_RULES.map(({ name }) => name).sort());
  });

  describe.each(Object.entries(CASES))('%s', (rule, { wrong, right }) => {
    it.each(wrong)('refuses %s', (text) => {
      expect(lintCypher(text).map((message) => message.split(':')[0])).toContain(rule);
    });

    it.each(right)('allows %s', (text) => {
      expect(lintCypher(text).filter((message) => message.startsWith(`${rule}:`))).toEqual([]);
    });
  });

  it.each([
    // The nested read that both engines answered alike to depth 8.
    'MATCH (t:Task) WHERE t.scope IN $p0 WITH t ORDER BY t.createdAt DESC, t.id SKIP $s LIMIT $l CALL (t) { MATCH (t)-[r1:PRODUCED]->(o:Outcome) WHERE o.scope IN $p0 AND o.score >= $om WITH o, r1 ORDER BY o.score DESC, o.id LIMIT $ol CALL (o) { MATCH (o)-[r2:CITES]->(k:Knowledge) WHERE (k.scope IN $p0 OR k.scope STARTS WITH $p1) WITH k, r2 ORDER BY k.name, k.id LIMIT $kl RETURN collect({`id`: k.id, `w`: r2.w}) AS c2 } WITH o, r1, c2 ORDER BY o.score DESC, o.id RETURN collect({`id`: o.id, `cites`: c2}) AS c1 } CALL (t) { MATCH (t)-[:ASSIGNED_TO]->(a:Agent) WITH a ORDER BY a.id LIMIT 1 RETURN collect({`id`: a.id}) AS c4 } WITH t, c1, head(c4) AS c5 ORDER BY t.createdAt DESC, t.id RETURN {`id`: t.id, `agent`: c5, `outcomes`: c1} AS t',
    'CALL () { MATCH (t:Task) WHERE t.scope IN $p0 RETURN count(t) AS a } CALL () { MATCH (t:Goal) RETURN count(t) AS b } RETURN {`a`: a, `b`: b} AS data',
    "MATCH (n:Node) WHERE n.id = $id AND n.`return` = 'MATCH (a)-[]->(b)-[]->(c) RETURN a' /* SET n.x */ RETURN n.id AS id // LIMIT x + 1",
    'UNWIND $rows AS row MATCH (a:Node) WHERE a.id = row.from AND a:Task AND a.scope IN $w MATCH (b:Node) WHERE b.id = row.to AND b.scope IN $r MERGE (a)-[r:CITES]->(b) SET r += row.properties RETURN count(r) AS joined',
    'UNWIND $rows AS row MERGE (n:Node {id: row.id}) ON CREATE SET n += row.props, n:Task ON MATCH SET n.seen = true RETURN count(*) AS c',
  ])('finds nothing in %s', (text) => {
    expect(lintCypher(text)).toEqual([]);
  });
});

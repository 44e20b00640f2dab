// @neo4j/graphql as its documentation sets it up, under Apollo Server on fastify, over the same nodes, relationships and
// indexes as our own edge. Types and fields are what the bench's query names. Started by bench/peers/index.ts with the
// server's address; tells its port over IPC.
import { ApolloServer } from '@apollo/server';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import { Neo4jGraphQL } from '@neo4j/graphql';
import Fastify from 'fastify';
import neo4j from 'neo4j-driver';

const typeDefs = `#graphql
  type Task @node {
    id: ID!
    state: String!
    skill: String!
    createdAt: Float!
    agent: [Agent!]! @relationship(type: "ASSIGNED_TO", direction: OUT)
    outcomes: [Outcome!]! @relationship(type: "PRODUCED", direction: OUT)
  }
  type Agent @node {
    id: ID!
    name: String!
    role: String!
    skills: [Skill!]! @relationship(type: "HAS_SKILL", direction: OUT)
  }
  type Skill @node {
    id: ID!
    name: String!
    createdAt: Float!
  }
  type Outcome @node {
    id: ID!
    summary: String!
    state: String!
    createdAt: Float!
    knowledge: [Knowledge!]! @relationship(type: "CITES", direction: OUT)
  }
  type Knowledge @node {
    id: ID!
    title: String!
    confidence: Float!
    createdAt: Float!
  }
`;

const driver = neo4j.driver(process.argv[2]);
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
const app = Fastify();
const apollo = new ApolloServer({ schema, nodeEnv: 'production', plugins: [fastifyApolloDrainPlugin(app)] });
await apollo.start();
app.route({ method: ['GET', 'POST'], url: '/graphql', handler: fastifyApolloHandler(apollo) });
await app.listen({ host: '127.0.0.1', port: 0 });
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
process.once('disconnect', () => process.exit(0));
process.send?.({ port: app.server.address().port });

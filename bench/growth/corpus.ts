import { random, seedOf } from './random.ts';

/** Kinds of random sequences, so that texts and vectors of one thing do not depend on each other. */
const KIND = { words: 1, topic: 2, text: 3, vector: 4, questionText: 5, questionVector: 6 };
const DIMENSIONS = 512;
const TOPICS = 400;
const VOCABULARY = 20_000;
const TOPIC_WORDS = 40;
/** Words of a passage: two in five of its topic, the others by Zipf's law. */
const WORDS = 60;
const OF_TOPIC = 0.4;
/** Noise beside the topic's own direction; cosines within a topic are about .5, between topics about 0. */
const SPREAD = 1;
const QUESTION_WORDS = 6;
const QUESTION_SPREAD = 0.6;

export interface Question {
  readonly text: string;
  readonly vector: Float32Array;
  /** Index of the passage that it is about. */
  readonly about: number;
}

export interface Corpus {
  text(index: number): string;
  vector(index: number): Float32Array;
  question(about: number): Question;
}

/** Texts and vectors by index, the same for the same seed: nothing is kept but the topics. */
export function createCorpus(seed: number): Corpus {
  const syllables = ['ba', 'de', 'fi', 'go', 'ku', 'la', 'me', 'ni', 'ro', 'su', 'ta', 've', 'wi', 'xo', 'zu', 'pra'];
  const vocabulary = Array.from({ length: VOCABULARY }, (_, index) => {
    let word = '';
    for (let rest = index + 272; rest > 0; rest = Math.floor(rest / 16)) word += syllables[rest % 16];
    return word;
  });
  const topics = Array.from({ length: TOPICS }, (_, topic) => {
    const next = random(seedOf(seed, KIND.words, topic));
    return {
      words: Array.from({ length: TOPIC_WORDS }, () => vocabulary[Math.floor(next() * VOCABULARY)]!),
      direction: unit(noise(random(seedOf(seed, KIND.topic, topic)))),
    };
  });
  const topicOf = (index: number) => topics[(index * 7_919) % TOPICS]!;

  const wordsOf = (index: number): string[] => {
    const next = random(seedOf(seed, KIND.text, index));
    const { words } = topicOf(index);
    return Array.from({ length: WORDS }, () =>
      next() < OF_TOPIC
        ? words[Math.floor(next() * TOPIC_WORDS)]!
        : vocabulary[Math.floor(VOCABULARY ** next()) % VOCABULARY]!,
    );
  };
  const vector = (index: number) => near(topicOf(index).direction, random(seedOf(seed, KIND.vector, index)), SPREAD);

  return {
    text: (index) => `${wordsOf(index).join(' ')}.`,
    vector,
    question(about) {
      const next = random(seedOf(seed, KIND.questionText, about));
      const words = wordsOf(about);
      const text = Array.from({ length: QUESTION_WORDS }, () => words[Math.floor(next() * WORDS)]!).join(' ');
      return {
        text,
        about,
        vector: near(vector(about), random(seedOf(seed, KIND.questionVector, about)), QUESTION_SPREAD),
      };
    },
  };
}

/** Sums of uniform numbers: near enough to normal ones, and quick. */
function noise(next: () => number): Float32Array {
  const values = new Float32Array(DIMENSIONS);
  for (let at = 0; at < DIMENSIONS; at++) values[at] = next() + next() + next() - 1.5;
  return values;
}

function unit(values: Float32Array): Float32Array {
  let sum = 0;
  for (const value of values) sum += value * value;
  const length = Math.sqrt(sum) || 1;
  for (let at = 0; at < values.length; at++) values[at]! /= length;
  return values;
}

function near(direction: Float32Array, next: () => number, spread: number): Float32Array {
  const away = unit(noise(next));
  for (let at = 0; at < DIMENSIONS; at++) away[at] = direction[at]! + spread * away[at]!;
  return unit(away);
}

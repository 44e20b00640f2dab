// A vitest reporter for `npm test`: writes to the file that KAZE_TEST_REPORT names how many tests passed, and each
// failure as text: of a test, of a hook or the loading of a file, or an error outside any test.
import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const LINES = 12;
const LINE_CHARACTERS = 300;

export default class FailureReport {
  onTestRunEnd(modules, unhandled) {
    const failures = modules.flatMap((module) => [
      ...shown(`${module.relativeModuleId} (outside its tests)`, module.errors()),
      ...[...module.children.allSuites()].flatMap((suite) =>
        shown(`${module.relativeModuleId} > ${suite.fullName} (outside its tests)`, suite.errors()),
      ),
      ...[...module.children.allTests('failed')].flatMap((test) =>
        shown(`${module.relativeModuleId} > ${test.fullName}`, test.result().errors),
      ),
    ]);
    failures.push(...shown('outside any test', unhandled));
    const count = (state) => modules.reduce((sum, module) => sum + [...module.children.allTests(state)].length, 0);
    const report = { passed: count('passed'), skipped: count('skipped'), failures };
    writeFileSync(process.env.KAZE_TEST_REPORT, JSON.stringify(report));
  }
}

/** One text however many errors there are: their number tells nothing about how many tests failed. */
function shown(where, errors = []) {
  if (errors.length === 0) return [];
  const text = errors.map(({ message, stack = '' }) => (stack.includes(message) ? stack : `${message}\n${stack}`));
  const lines = stripVTControlCharacters(text.join('\n'))
    .split('\n')
    .filter((line) => line.trim() !== '' && !/node_modules|node:internal|new Promise \(<anon/.test(line))
    .slice(0, LINES);
  return [[where, ...lines.map((line) => `    ${line.slice(0, LINE_CHARACTERS)}`)].join('\n')];
}

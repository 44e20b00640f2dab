import ts from 'typescript';
import { OUTSIDE } from '../placement.ts';
import { codeFiles, importsOf, lineOf, parse, type SourceTree, topFolder, type Violation, visit } from '../tree.ts';

const LISTENING = new Set(['on', 'once', 'addListener', 'prependListener']);

/** The environment and signals are read in deploy/ and passed in, so that tests give a map and precedence is written once. */
export function checkEnvironment(tree: SourceTree): Violation[] {
  return codeFiles(tree).flatMap((file) => {
    if (file.startsWith('deploy/') || OUTSIDE.includes(topFolder(file))) return [];
    const text = tree.get(file) ?? '';
    const source = parse(file, text);
    const found: Violation[] = importsOf(file, text)
      .filter(({ specifier }) => specifier === 'node:process' || specifier === 'process')
      .map(({ line }) => ({
        file,
        line,
        message: 'imports node:process: use the global, whose env and signals are read in deploy/ only.',
      }));
    visit(source, (node) => {
      const message = environmentRead(node) ?? signalListener(node);
      if (message) found.push({ file, line: lineOf(source, node), message });
    });
    return found;
  });
}

const isProcess = (node: ts.Node): boolean =>
  (ts.isIdentifier(node) && node.text === 'process') ||
  (ts.isPropertyAccessExpression(node) && node.name.text === 'process' && node.expression.getText() === 'globalThis');

function environmentRead(node: ts.Node): string | undefined {
  const named = ts.isPropertyAccessExpression(node) && node.name.text === 'env' && isProcess(node.expression);
  const indexed =
    ts.isElementAccessExpression(node) &&
    isProcess(node.expression) &&
    ts.isStringLiteralLike(node.argumentExpression) &&
    node.argumentExpression.text === 'env';
  const taken =
    ts.isVariableDeclaration(node) &&
    !!node.initializer &&
    isProcess(node.initializer) &&
    ts.isObjectBindingPattern(node.name) &&
    node.name.elements.some((one) => (one.propertyName ?? one.name).getText() === 'env');
  if (!named && !indexed && !taken) return undefined;
  return 'reads process.env: declare the setting in config.ts and let deploy/ pass its value in.';
}

function signalListener(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const [event] = node.arguments;
  if (!isProcess(node.expression.expression) || !LISTENING.has(node.expression.name.text)) return undefined;
  if (!event || !ts.isStringLiteralLike(event) || !event.text.startsWith('SIG')) return undefined;
  return `listens to ${event.text}: deploy/ handles signals and calls close().`;
}

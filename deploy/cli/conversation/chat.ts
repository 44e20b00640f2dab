import { createInterface } from 'node:readline';
import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { ConversationDetail, MessageSend, type MessageSendMutation } from '../connection/operations.ts';
import { theTenant } from '../connection/tenant.ts';
import { CommandError, cliError } from '../errors.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { writeError } from '../output/failure.ts';
import { harmless, wrap } from '../output/text.ts';
import { messageFiles, sendFiles } from './message-files.ts';

interface ChatOptions extends CellOptions, TenantOptions {
  readonly agent?: string;
  readonly conversation?: string;
}

/** Reads lines until /quit, the end of the input or Ctrl-C; one refused message does not end the conversation. */
export async function chat(cli: Cli, options: ChatOptions): Promise<void> {
  const { stdin, signal } = cli.terminal;
  const client = await cli.connect(options);
  const thread = options.conversation === undefined ? undefined : await takeUp(cli, client, options);
  const tenant = thread?.tenant ?? (await theTenant(client, tenantFrom(options), { signal }));
  let conversation = thread?.id;
  const atTerminal = stdin.isTTY === true && !options.json;
  const prompt = () => void (atTerminal && cli.terminal.stderr.write(cli.noteStyle('you> ', 'bold')));
  if (atTerminal) cli.note('Write a message and press Enter; @FILE sends a file with it; /quit ends.');
  const lines = createInterface({ input: stdin, terminal: false, crlfDelay: Number.POSITIVE_INFINITY });
  const stop = () => lines.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    prompt();
    for await (const line of lines) {
      const text = line.trim();
      if (text === '/quit' || text === '/exit') break;
      if (text !== '') {
        const sent = await turn(cli, client, { text, tenant, agent: options.agent, conversation }, options);
        conversation = sent?.conversation?.id ?? conversation;
      }
      prompt();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    lines.close();
  }
  if (conversation !== undefined && !options.json) {
    cli.note(`\ngo on with: kaze chat --tenant ${tenant} --conversation ${conversation}`);
  }
}

interface Turn {
  readonly text: string;
  readonly tenant: string;
  readonly agent?: string;
  readonly conversation?: string;
}

async function turn(
  cli: Cli,
  client: CellClient,
  input: Turn,
  options: ChatOptions,
): Promise<MessageSendMutation['sendMessage'] | undefined> {
  try {
    const { text, files, missing } = await messageFiles(input.text, cli.terminal.cwd);
    for (const path of missing) cli.note(`there is no file ${harmless(path)}; the words were sent as they are`);
    const message = files.length === 0 ? input : { ...input, text, files: await sendFiles(cli, client, files) };
    const { sendMessage } = await client.execute(MessageSend, { input: message }, { signal: cli.terminal.signal });
    cli.event(options, sendMessage, () => answerText(cli, sendMessage));
    return sendMessage;
  } catch (error) {
    if (!(error instanceof CommandError) || exitCodeOf(error.code) === EXIT.interrupted) throw error;
    if (!cli.terminal.stdin.isTTY) throw error;
    writeError(cli, error, options.json === true);
    return undefined;
  }
}

function answerText(cli: Cli, { reply, task, conversation }: MessageSendMutation['sendMessage']): string {
  const lines: string[] = [];
  const width = cli.width ?? 100;
  const who = conversation?.agent?.name ?? 'kaze';
  if (reply) {
    lines.push(`${cli.style(`${who}>`, 'cyan')} ${wrap(harmless(reply.text), width)}`);
  }
  if (task) lines.push(`(task ${task.id}, ${task.skill}: ${task.state}; kaze tasks watch ${task.id})`);
  return lines.length > 0 ? lines.join('\n') : '(no answer yet)';
}

/** Shows the end of a thread that goes on. */
async function takeUp(cli: Cli, client: CellClient, options: ChatOptions): Promise<{ id: string; tenant: string }> {
  const id = options.conversation!;
  const found = await client.execute(ConversationDetail, { id, last: 6 }, { signal: cli.terminal.signal });
  const { conversation } = found;
  if (!conversation)
    throw cliError('KAZE_CLI_NOT_FOUND', `there is no conversation ${id} that this token may see`, { id });
  if (!options.json) {
    const who = conversation.agent?.name ?? 'kaze';
    for (const message of [...conversation.messages.nodes].reverse()) {
      const name = message.role === 'person' ? 'you' : who;
      cli.note(cli.noteStyle(`${name}> ${harmless(message.text)}`, 'dim'));
    }
  }
  const tenant = /^(?:tenant|agent):([^/]+)/.exec(conversation.scope)?.[1];
  if (!tenant) throw cliError('KAZE_CLI_NOT_FOUND', `the conversation ${id} belongs to no client`, { id });
  return { id, tenant };
}

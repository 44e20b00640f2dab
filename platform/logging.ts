import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(bindings: Record<string, unknown>): Logger;
};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Keys whose values never reach a log line, at the top or one level down. */
const SECRET_KEYS = ['token', 'apiKey', 'api_key', 'authorization', 'password', 'secret', 'key', 'prompt', 'messages'];

/** Shapes of credentials inside free text: our own tokens, vendors' keys, bearer headers, passwords in URLs. */
const SECRET_TEXT =
  /\b(kaze_[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{20,}|Bearer\s+[A-Za-z0-9._~+/=-]{8,})|(?<=:\/\/[^\s:/@]{1,64}:)[^\s@/]{1,256}(?=@)/g;

export function redact(text: string): string {
  return text.replace(SECRET_TEXT, '[redacted]');
}

/** JSON lines on standard error (standard output belongs to commands' results). */
export function createLogger(options: { level: LogLevel; destination?: { write(line: string): void } }): Logger {
  const sink = options.destination ?? process.stderr;
  return pino(
    {
      level: options.level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
    },
    { write: (line: string) => void sink.write(redact(line)) },
  ) as unknown as Logger;
}

export const silentLogger: Logger = createLogger({ level: 'silent' });

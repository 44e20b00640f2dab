/** What `install()` answers: where the server's own program is and which version it says it is. */
export interface Installed {
  /** The version that the program or its package itself reported, e.g. `2.15.1`. */
  readonly version: string;
  /** The program to run, or the folder of jars for a server that Java runs. */
  readonly path: string;
}

export interface StartOptions {
  /** A fixed loopback port; without it a free one is taken. */
  readonly port?: number;
  /** Data of an earlier start; without it a fresh temporary folder, which `stop()` removes. */
  readonly folder?: string;
  /** More settings in the server's own words, laid over the launcher's (`{ fsync: 'on' }`, `{ maxmemory: '64mb' }`). */
  readonly settings?: Readonly<Record<string, string>>;
  /** Neo4j only: more arguments of its virtual machine, after the launcher's own, so that these win. */
  readonly javaArguments?: readonly string[];
}

/** A server of one's own: a child process on loopback that is gone when this process is gone, whatever ended it. */
export interface RunningServer {
  /** What a client connects to; it stays the same over a restart. */
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** The process id of the server itself, changed by a restart; undefined while it is down. */
  readonly pid: number | undefined;
  /** Ends it as its operator would, and removes the folder unless the caller brought it. A second call does nothing. */
  stop(): Promise<void>;
  /** SIGKILL; resolves once the process is gone. The folder stays. */
  kill(): Promise<void>;
  /** Starts the same folder on the same port, after ending what still runs; resolves once it answers. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing is answered, as with a hung machine. */
  pause(): void;
  /** Ends a pause. */
  resume(): void;
}

export interface ServerLauncher {
  readonly name: string;
  install(): Promise<Installed>;
  start(options?: StartOptions): Promise<RunningServer>;
}

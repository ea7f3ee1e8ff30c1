import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A request as it reached the server. */
export interface RecordedRequest {
  /** When its head had come, ms on CLOCK_MONOTONIC. */
  readonly at: number;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Which connection it came by, from 1. */
  readonly socket: number;
  /** How many were under way when it came, itself included. */
  readonly underWay: number;
  readonly status: number;
}

export interface RecordingServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** In the order they came. */
  record(): Promise<RecordedRequest[]>;
  stop(): Promise<void>;
}

/** Starts `recording-server.child.ts` as a process of its own, so that what a test does is in no request's way. */
export async function startRecordingServer(): Promise<RecordingServer> {
  const child: ChildProcess = fork(path.resolve('out/test/support/recording-server.child.mjs'));
  const [port] = (await once(child, 'message')) as [number];
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    record: async () => (await (await fetch(`${url}/record`)).json()) as RecordedRequest[],
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

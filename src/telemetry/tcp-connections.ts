/** What goes on at some listening ports. */
export interface PortTraffic {
  /** Connections that are open, whether or not they have been accepted. */
  readonly connections: number;
  /** Connections that nobody has accepted yet. */
  readonly unaccepted: number;
  /** Sockets that listen there. */
  readonly listeners: number;
}

const ESTABLISHED = '01';
const LISTEN = '0A';
/** Columns of `/proc/net/tcp` and `tcp6`, by blanks. */
const [LOCAL, STATE, QUEUES] = [1, 3, 4];

/** Of a table such as `/proc/net/tcp` or `tcp6`, or the first part of one that ends with a whole row. */
export function portTraffic(table: string, ports: ReadonlySet<number>): PortTraffic {
  let connections = 0;
  let unaccepted = 0;
  let listeners = 0;
  for (const fields of rowsOf(table)) {
    if (!ports.has(portOf(fields[LOCAL]!))) continue;
    if (fields[STATE] === ESTABLISHED) connections++;
    if (fields[STATE] !== LISTEN) continue;
    listeners++;
    // Of a socket that listens the second of the two numbers is the length of its queue.
    unaccepted += Number.parseInt(fields[QUEUES]!.split(':')[1]!, 16);
  }
  return { connections, unaccepted, listeners };
}

/** How many characters of a table its listening sockets take: they come first. */
export function listeningPart(table: string): number {
  let length = table.indexOf('\n') + 1;
  while (length < table.length) {
    const end = table.indexOf('\n', length);
    if (
      end < 0 ||
      table
        .slice(length, end)
        .trim()
        .split(/\s+/, STATE + 1)[STATE] !== LISTEN
    )
      break;
    length = end + 1;
  }
  return length;
}

function* rowsOf(table: string): Generator<string[]> {
  for (const row of table.split('\n').slice(1)) {
    const fields = row.trim().split(/\s+/, QUEUES + 1);
    if (fields.length > QUEUES) yield fields;
  }
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
}

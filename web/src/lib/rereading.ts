import { makeOperation, type Client, type Exchange, type Operation, type OperationResult } from 'urql';
import { filter, map, pipe } from 'wonka';

interface Read {
  /** When the newest that was sent was asked for. */
  asked: number;
  /** When that was asked for whose answer is shown. */
  shown: number;
  /** When somebody last wanted what is newest then. */
  wanted: number;
}

export interface Rereading {
  /** Stands behind the cache, so that it sees only what goes to the server. */
  exchange: Exchange;
  /** Hears of what is asked for while it is being read, which the client passes over. */
  watch: (client: Client) => void;
}

/**
 * Reads once more what changed, or was asked for again, while it was being read. The client holds that a query in
 * flight answers whoever asks meanwhile, but it may have been read before the change that they ask for. An answer that
 * comes after that of a later question is not shown.
 */
export function createRereading(): Rereading {
  const reads = new Map<number, Read>();
  let clock = 0;
  let changed = 0;

  const sent = (operation: Operation): Operation => {
    if (operation.kind === 'teardown') reads.delete(operation.key);
    if (operation.kind !== 'query') return operation;
    clock += 1;
    const read = reads.get(operation.key);
    if (read) read.asked = clock;
    else reads.set(operation.key, { asked: clock, shown: 0, wanted: 0 });
    return makeOperation(operation.kind, operation, { ...operation.context, asked: clock });
  };

  const isNewest = ({ operation }: OperationResult): boolean => {
    const read = reads.get(operation.key);
    return operation.kind !== 'query' || !read || (operation.context.asked as number) > read.shown;
  };

  const answered = (client: Client, result: OperationResult): OperationResult => {
    const { operation } = result;
    if (operation.kind === 'mutation') {
      clock += 1;
      changed = clock;
    }
    const read = operation.kind === 'query' ? reads.get(operation.key) : undefined;
    if (!read) return result;
    read.shown = operation.context.asked as number;
    const isOld = read.shown < Math.max(changed, read.wanted);
    // Goes out once this answer has come through, and not if the same is being read again already.
    if (isOld && read.shown === read.asked) client.reexecuteOperation(makeOperation('query', operation, { ...operation.context, requestPolicy: 'network-only' }));
    return result;
  };

  const exchange: Exchange = ({ client, forward }) => (operations) =>
    pipe(operations, map(sent), forward, filter(isNewest), map((result) => answered(client, result)));

  const watch = (client: Client) => {
    const execute = client.executeRequestOperation.bind(client);
    client.executeRequestOperation = (operation) => {
      const read = reads.get(operation.key);
      if (read && operation.kind === 'query' && operation.context.requestPolicy === 'network-only') {
        clock += 1;
        read.wanted = clock;
      }
      return execute(operation);
    };
  };

  return { exchange, watch };
}

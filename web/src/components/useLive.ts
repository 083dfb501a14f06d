import { useEffect } from 'react';
import { useSubscription, type AnyVariables, type SubscriptionHandler, type UseSubscriptionArgs } from 'urql';

const AGAIN_MILLISECONDS = 5_000;

/**
 * A subscription's newest answer. One that was refused has none: such as that of a model without a version, which is
 * asked for again until there is something to tell.
 */
export function useLive<Data, Result = Data, Variables extends AnyVariables = AnyVariables>(
  args: UseSubscriptionArgs<Variables, Data>,
  handler?: SubscriptionHandler<Data, Result>,
): Result | undefined {
  const [{ data, error }, subscribe] = useSubscription(args, handler);
  const isPaused = args.pause === true;
  useEffect(() => {
    if (error === undefined || isPaused) return undefined;
    const timer = setTimeout(() => subscribe(), AGAIN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [error, isPaused, subscribe]);
  return data ?? undefined;
}

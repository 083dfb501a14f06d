import { exactMoment, moment, age } from '../lib/time';
import { useNow } from './useNow';

/** A moment, with its exact time in UTC on asking. */
export function Time({ at, isExact = false }: { at: string | null | undefined; isExact?: boolean }) {
  if (!at) return <span className="dim">–</span>;
  return (
    <time dateTime={at} title={`${at} (UTC)`}>
      {isExact ? exactMoment(at) : moment(at)}
    </time>
  );
}

/** How long ago something was; under `asOf` the age at that moment means nothing, so the moment itself is shown. */
export function Age({ at, isPast = false }: { at: string | null | undefined; isPast?: boolean }) {
  const now = useNow();
  if (!at) return <span className="dim">–</span>;
  return (
    <time dateTime={at} title={`${exactMoment(at)} · ${at} (UTC)`}>
      {isPast ? moment(at) : age(at, now)}
    </time>
  );
}

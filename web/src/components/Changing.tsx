import { useEffect, useRef, useState, type ReactNode } from 'react';
import classes from './Changing.module.css';

const MARKED_MILLISECONDS = 2_000;
/** What moves all the time would be marked all the time; it is marked again only after it has rested this long. */
const REST_MILLISECONDS = 10_000;

/** A value that changes in place and is marked for two seconds when it did. `value` is what is compared. */
export function Changing({ value, children }: { value: string | number | null | undefined; children?: ReactNode }) {
  const before = useRef(value);
  const changedAt = useRef(Number.NEGATIVE_INFINITY);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [isMarked, setMarked] = useState(false);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    const now = performance.now();
    const hasRested = now - changedAt.current > REST_MILLISECONDS;
    changedAt.current = now;
    if (!hasRested) return;
    setMarked(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setMarked(false), MARKED_MILLISECONDS);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return <span className={isMarked ? classes.changed : classes.steady}>{children ?? value}</span>;
}

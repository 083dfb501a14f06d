import { useEffect, useRef, useState, type ReactNode } from 'react';
import classes from './Changing.module.css';

const MARKED_MILLISECONDS = 2_000;

/** A value that changes in place and is marked for two seconds when it did. `value` is what is compared. */
export function Changing({ value, children }: { value: string | number | null | undefined; children?: ReactNode }) {
  const before = useRef(value);
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    if (before.current === value) return undefined;
    before.current = value;
    setChanges((each) => each + 1);
    const timer = setTimeout(() => setChanges(0), MARKED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [value]);
  return <span className={changes > 0 ? classes.changed : classes.steady}>{children ?? value}</span>;
}

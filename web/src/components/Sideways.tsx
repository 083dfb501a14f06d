import { useEffect, useRef, useState, type ReactNode } from 'react';
import classes from './Sideways.module.css';

/** What may be wider than its place: it scrolls in itself, by keys too, and says so where it does. */
export function Sideways({ label, children, isInset = false }: { label: string; children: ReactNode; isInset?: boolean }) {
  const scroller = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const [isWider, setWider] = useState(false);
  useEffect(() => {
    const [outside, inside] = [scroller.current, inner.current];
    if (outside === null || inside === null) return undefined;
    const observer = new ResizeObserver(() => setWider(outside.scrollWidth > outside.clientWidth + 1));
    observer.observe(outside);
    observer.observe(inside);
    return () => observer.disconnect();
  }, []);
  return (
    <>
      {isWider && <p className={classes.hint} data-inset={isInset} aria-hidden>Wider than the screen: scroll it sideways →</p>}
      <div
        ref={scroller}
        className={classes.scroll}
        {...(isWider ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}
      >
        <div ref={inner}>{children}</div>
      </div>
    </>
  );
}

import type { ReactNode } from 'react';
import classes from './Fact.module.css';

/** Named values, one under the other or side by side. */
export function Facts({ children, isWide = false }: { children: ReactNode; isWide?: boolean }) {
  return <dl className={isWide ? classes.wide : classes.facts}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

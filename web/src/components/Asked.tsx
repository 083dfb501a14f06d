import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { PlaceLink } from './PlaceLink';
import classes from './Asked.module.css';

export interface Answer {
  /** What the number is, in a few words. */
  title: string;
  text?: string | null | undefined;
  lines: [name: string, value: string | null | undefined][];
}

/** A number that can be asked: pointing at it or focusing it tells what it is; a click leads to its evidence. */
export function Asked({ answer, to, children }: { answer: Answer; to?: string | null | undefined; children: ReactNode }) {
  const lines = answer.lines.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const label = (
    <div className={classes.answer}>
      <strong>{answer.title}</strong>
      {answer.text && <p>{answer.text}</p>}
      {lines.length > 0 && (
        <dl>
          {lines.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {to && <p className={classes.more}>Opens the recorded evaluation</p>}
    </div>
  );
  return (
    <Tooltip label={label} multiline withArrow openDelay={120} events={{ hover: true, focus: true, touch: true }} classNames={{ tooltip: classes.tooltip }}>
      {to ? (
        <PlaceLink to={to} className={classes.asked}>
          {children}
        </PlaceLink>
      ) : (
        <span tabIndex={0} role="note" className={classes.asked}>
          {children}
        </span>
      )}
    </Tooltip>
  );
}

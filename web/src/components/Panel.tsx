import type { ReactNode } from 'react';
import { useId } from 'react';
import { Sideways } from './Sideways';
import classes from './Panel.module.css';

/** A framed part of a screen: its name, what it says in a sentence, what can be done, and its body. */
export function Panel({ title, note, actions, children, isFlush = false }: {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  isFlush?: boolean;
}) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <header className={classes.head}>
        <div>
          <h2 id={id}>{title}</h2>
          {note !== undefined && <p className={classes.note}>{note}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {isFlush ? (
        <div className={classes.flush}><Sideways label={title} isInset>{children}</Sideways></div>
      ) : (
        <div className={classes.body}>{children}</div>
      )}
    </section>
  );
}

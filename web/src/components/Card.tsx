import type { ReactNode } from 'react';
import classes from './Card.module.css';

/** The one card of a screen that is seen before anybody is signed in. */
export function Card({ title, children, onSubmit }: { title: string; children: ReactNode; onSubmit?: () => void }) {
  return (
    <main className={classes.page}>
      <form
        className={classes.card}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <div className={classes.brand}>
          <img src="/icon.svg" alt="" width={32} height={32} />
          <h1>{title}</h1>
        </div>
        {children}
      </form>
    </main>
  );
}

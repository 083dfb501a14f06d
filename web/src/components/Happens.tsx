import type { ReactNode } from 'react';
import classes from './FormDialog.module.css';

/** What a dialog's command will do, one thing after another. */
export function Happens({ says, all }: { says: ReactNode; all: readonly string[] }) {
  return (
    <div>
      <p>{says}</p>
      <ul className={classes.happens}>
        {all.map((each) => <li key={each}>{each}</li>)}
      </ul>
    </div>
  );
}

import { ROLES } from './roles';
import classes from './tenancy.module.css';

/** What each role may do, for whoever asks. */
export function RoleLegend() {
  return (
    <details>
      <summary>What the roles may do</summary>
      <ul className={classes.roles}>
        {Object.values(ROLES).map(({ word, may }) => <li key={word}><strong>{word}</strong>: {may}.</li>)}
      </ul>
    </details>
  );
}

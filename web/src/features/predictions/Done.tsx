import { MeaningMark } from '../../components/Meaning';
import { shortName } from '../../lib/format';
import classes from './WelcomePage.module.css';

/** Whether a step is done, and with what. */
export function Done({ isDone, text }: { isDone: boolean; text: string }) {
  return (
    <span className={classes.done} title={text}>
      <MeaningMark meaning={isDone ? 'good' : 'unknown'}>{shortName(text)}</MeaningMark>
    </span>
  );
}

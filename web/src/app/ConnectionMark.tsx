import { useConnectionState, type ConnectionState } from '../lib/connection';
import { useAsOf } from '../components/useAsOf';
import classes from './ConnectionMark.module.css';

const WORDS: Record<Exclude<ConnectionState, 'idle'>, string> = {
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting',
};

/** Whether what is on the screen moves by itself. */
export function ConnectionMark() {
  const state = useConnectionState();
  const { asOf } = useAsOf();
  if (asOf !== null) return <span className={classes.mark} data-state="past" role="status"><i />past</span>;
  if (state === 'idle') return <span className={classes.mark} role="status" />;
  return <span className={classes.mark} data-state={state} role="status"><i />{WORDS[state]}</span>;
}

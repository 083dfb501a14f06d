import classes from './Meaning.module.css';

/** The four meanings. Each has a colour, a shape and a word, so that none is told by colour alone. */
export type Meaning = 'good' | 'watch' | 'bad' | 'unknown';

const PATHS: Record<Meaning, string> = {
  good: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.6 4.9-4.3 5a.8.8 0 0 1-1.2 0L4.4 9a.8.8 0 0 1 1.2-1l1.1 1.2 3.7-4.3a.8.8 0 0 1 1.2 1Z',
  watch: 'M8.7 1.6a.8.8 0 0 0-1.4 0L.9 13.3a.8.8 0 0 0 .7 1.2h12.8a.8.8 0 0 0 .7-1.2L8.7 1.6ZM7.2 6h1.6v4H7.2V6Zm0 5.2h1.6v1.6H7.2v-1.6Z',
  bad: 'M8 .6.6 8 8 15.4 15.4 8 8 .6Zm2.7 9-1.1 1.1L8 9.1l-1.6 1.6-1.1-1.1L6.9 8 5.3 6.4l1.1-1.1L8 6.9l1.6-1.6 1.1 1.1L9.1 8l1.6 1.6Z',
  unknown: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 1.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 8 2.6ZM4.9 7.2h6.2v1.6H4.9V7.2Z',
};

export function Shape({ meaning, size = 14 }: { meaning: Meaning; size?: number }) {
  return (
    <svg className={classes.shape} data-meaning={meaning} width={size} height={size} viewBox="0 0 16 16" aria-hidden>
      <path fillRule="evenodd" d={PATHS[meaning]} />
    </svg>
  );
}

/** A shape and a word. */
export function MeaningMark({ meaning, children, isQuiet = false }: {
  meaning: Meaning;
  children: string;
  isQuiet?: boolean;
}) {
  return (
    <span className={isQuiet ? classes.quiet : classes.mark} data-meaning={meaning}>
      <Shape meaning={meaning} />
      {children}
    </span>
  );
}

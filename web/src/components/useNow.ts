import { useEffect, useState } from 'react';

/** The wall clock, told every `seconds`: for ages alone; a window's now is its high-water mark. */
export function useNow(seconds = 5): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), seconds * 1_000);
    return () => clearInterval(timer);
  }, [seconds]);
  return now;
}

import { useEffect, useRef, type ReactNode } from 'react';
import { PlaceLink } from './PlaceLink';
import classes from './TabRow.module.css';

export interface TabLink {
  name: string;
  to: string;
  label: string;
  /** What stands beside the name, such as how many wait. */
  mark?: ReactNode;
}

/** The parts of a screen, each under its own address; the chosen one is scrolled into view where the row is too narrow. */
export function TabRow({ label, tabs, chosen }: { label: string; tabs: readonly TabLink[]; chosen: string }) {
  const row = useRef<HTMLElement>(null);
  useEffect(() => {
    const link = row.current?.querySelector<HTMLElement>('[aria-current=page]');
    if (row.current && link) row.current.scrollLeft = link.offsetLeft - (row.current.clientWidth - link.offsetWidth) / 2;
  }, [chosen]);
  return (
    <nav ref={row} className={classes.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <PlaceLink key={tab.name} to={tab.to} aria-current={tab.name === chosen ? 'page' : undefined}>
          {tab.label}
          {tab.mark}
        </PlaceLink>
      ))}
    </nav>
  );
}

import { Suspense, type ReactNode } from 'react';
import { paths } from '../components/paths';
import { PlaceLink } from '../components/PlaceLink';
import { LoadingBlock } from '../components/states';
import { TabRow, type TabLink } from '../components/TabRow';
import classes from './SettingsFrame.module.css';

/** What a screen of settings is of, in a sentence, and its parts. */
export function SettingsFrame({ where, title, sentence, label, tabs, chosen, children }: {
  where?: ReactNode;
  title: string;
  sentence: ReactNode;
  label: string;
  tabs: readonly TabLink[];
  chosen: string;
  children: ReactNode;
}) {
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        {where !== undefined && <p className={classes.where}><PlaceLink to={paths.settings}>Organizations</PlaceLink>{where}</p>}
        <h1>{title}</h1>
        <p className="dim">{sentence}</p>
      </header>
      <TabRow label={label} tabs={tabs} chosen={chosen} />
      <Suspense fallback={<LoadingBlock height={320} />}>{children}</Suspense>
    </div>
  );
}

export function SettingsLoading() {
  return (
    <div className={classes.page}>
      <LoadingBlock height={72} />
      <LoadingBlock height={320} />
    </div>
  );
}

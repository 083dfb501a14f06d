import { Button, Kbd, Menu, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { PlaceLink, PlaceNavLink } from '../components/PlaceLink';
import { paths } from '../components/paths';
import { Empty } from '../components/states';
import { useAsOf } from '../components/useAsOf';
import { mayAnywhere, securityScreens, useTenants } from '../components/useTenants';
import { useSession } from '../lib/session';
import { signOut } from '../lib/signOut';
import { CommandPalette, openCommandPalette } from './CommandPalette';
import { ConnectionMark } from './ConnectionMark';
import { OpenAlerts } from './OpenAlerts';
import { ProjectSwitch } from './ProjectSwitch';
import { TimeBar } from './TimeBar';
import classes from './Shell.module.css';

const LONGEST_MOMENT = 40;

/** The frame of every screen: where to go, whether it is live, and which moment is looked at. */
export function Shell({ children }: { children: ReactNode }) {
  const { asOf, unreadable, setAsOf } = useAsOf();
  const tenants = useTenants();
  return (
    <div className={classes.shell} data-past={asOf !== null}>
      <a className={classes.skip} href="#content">Skip to the content</a>
      <header className={classes.top}>
        <div className={classes.bar}>
          <PlaceNavLink to={paths.models} className={classes.brand} aria-label="CDT, all models">
            <img src="/icon.svg" alt="" width={22} height={22} />
            <span className={classes.brandName}>CDT</span>
          </PlaceNavLink>
          <nav className={classes.nav} aria-label="Main">
            <PlaceNavLink to={paths.models} end>Models</PlaceNavLink>
            <PlaceNavLink to={paths.alerts}>Alerts<OpenAlerts /></PlaceNavLink>
            {mayAnywhere(tenants, 'READ_AUDIT') && <PlaceNavLink to={paths.audit}>Audit</PlaceNavLink>}
          </nav>
          <div className={classes.right}>
            <ConnectionMark />
            <UnstyledButton className={classes.search} onClick={openCommandPalette} aria-label="Search and commands">
              <SearchIcon />
              <span className={classes.searchText}>Go to…</span>
              <Kbd size="xs" className={classes.searchText}>Ctrl K</Kbd>
            </UnstyledButton>
            <AccountMenu />
          </div>
        </div>
        {unreadable === null && <TimeBar><ProjectSwitch /></TimeBar>}
      </header>
      <main id="content" className={classes.content} tabIndex={-1}>
        {unreadable === null ? children : <UnreadableMoment text={unreadable} onNow={() => setAsOf(null)} />}
      </main>
      <CommandPalette />
    </div>
  );
}

/** Rather than now in silence, which whoever followed a link to the past would take for it. */
function UnreadableMoment({ text, onNow }: { text: string; onNow: () => void }) {
  return (
    <div role="alert">
      <Empty title={`The moment in the address, “${text.slice(0, LONGEST_MOMENT)}”, can’t be read`}>
        It is a time such as 2026-03-03T12:00:00Z, or a position such as 412, after <code>asOf=</code>. Nothing is shown, as it would not be what the link
        meant.
        <div>
          <Button size="xs" variant="default" mt={8} onClick={onNow}>Back to now</Button>
        </div>
      </Empty>
    </div>
  );
}

function SearchIcon() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden>
      <circle cx="7" cy="7" r="4.6" />
      <path d="m10.6 10.6 3.6 3.6" strokeLinecap="round" />
    </svg>
  );
}

function AccountMenu() {
  const session = useSession();
  const screens = securityScreens(useTenants());
  const name = session?.name ?? session?.email ?? 'Account';
  return (
    <Menu position="bottom-end" withinPortal classNames={{ itemLabel: classes.item, dropdown: classes.menu }}>
      <Menu.Target>
        <Button variant="default" size="compact-sm" className={classes.account} aria-label={`Account of ${name}`}>
          {initials(name)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{session?.email ?? name}</Menu.Label>
        <Menu.Item component={PlaceLink} to={paths.profile()}>Your account</Menu.Item>
        <Menu.Item component={PlaceLink} to={paths.settings}>Organizations and projects</Menu.Item>
        {screens.map(({ id, label, to }) => <Menu.Item key={id} component={PlaceLink} to={to}>{label}</Menu.Item>)}
        <Menu.Divider />
        <Menu.Item component="a" href="/graphiql">GraphiQL explorer</Menu.Item>
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initials(name: string): string {
  return name.split(/[\s@.]+/).filter(Boolean).slice(0, 2).map((part) => part.charAt(0).toUpperCase()).join('');
}

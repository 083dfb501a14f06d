import { Empty } from '../components/states';
import type { Permission } from '../gql/graphql';
import { words } from '../lib/format';
import { NotFoundPage } from './NotFoundPage';
import type { SettingsTab } from './settingsTabs';

/** The part that the address names, for whoever may see it. */
export function ChosenTab<Props extends object>({ tabs, tab, permissions, of }: {
  tabs: readonly SettingsTab<Props>[];
  tab: string;
  permissions: readonly Permission[];
  of: Props;
}) {
  const chosen = tabs.find(({ name }) => name === tab);
  if (chosen === undefined) return <NotFoundPage />;
  if (chosen.needs !== undefined && !permissions.includes(chosen.needs)) {
    return (
      <Empty title={`Your role does not show ${chosen.label.toLowerCase()}`}>
        This needs the permission “{words(chosen.needs).toLowerCase()}”. An owner or an admin can give you another role.
      </Empty>
    );
  }
  const Screen = chosen.screen;
  return <Screen {...of} />;
}

import { Link, NavLink, type LinkProps, type NavLinkProps } from 'react-router';
import { keepAsOf } from '../lib/asOf';
import { useAsOf } from './useAsOf';

/** A link inside the dashboard; it stays at the moment that is looked at. */
export function PlaceLink({ to, ...rest }: LinkProps & { to: string }) {
  const { asOf } = useAsOf();
  return <Link to={keepAsOf(to, asOf)} {...rest} />;
}

export function PlaceNavLink({ to, ...rest }: NavLinkProps & { to: string }) {
  const { asOf } = useAsOf();
  return <NavLink to={keepAsOf(to, asOf)} {...rest} />;
}

/** The sections by their names in monitor.yaml, behind each the names that Gatus and its fork have for it. */
export const SECTION_NAMES = {
  endpoints: ['endpoints'],
  pushEndpoints: ['push_endpoints', 'external_endpoints', 'external-endpoints'],
  probes: ['probes', 'agents'],
  announcements: ['announcements'],
} as const;

/** All of these names. */
export const SECTIONS: readonly string[] = Object.values(SECTION_NAMES).flat();

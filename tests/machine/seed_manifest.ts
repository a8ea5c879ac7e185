/** The watchers that the seed document prints, `state_match` twice in the second. */
export const SEED_WATCHERS = `watchers:
  - name: desired_state
    type: kv
    interval: 1m
    state_match: [MANAGE]
    properties:
       bucket: MACHINES
       key: machines
       mode: poll
       bucket_prefix: false
    
  - name: manage_machines
    state_match: [MANAGE]
    type: machines
    interval: 1m
    state_match:
      - MANAGE
    properties:
      data_item: machines
      purge_unknown: true
      machine_manage_interval: 1m
      public_key: 64031219d4922eed63a5f567303e98607c632139c01bc9fa4ca2514c2d9d30da
`;

/** A whole manager around them. */
export const SEED_MANIFEST = `name: manager
version: 1.0.0
initial_state: MANAGE
transitions:
  - name: enter_maintenance
    from: [MANAGE]
    destination: MAINTENANCE
  - name: resume
    from: [MAINTENANCE]
    destination: MANAGE
${SEED_WATCHERS}`;

/// The meaning of records that the command itself makes, for use where compose/examples is not at hand.
enum ExampleSource {
  /// The columns of the call records that a benchmark makes.
  static let callsHeader = "record_id,event,customer,other,seconds,time,cancels"

  /// The text of compose/examples/calls.yaml.
  static let calls = """
    # Call records as `laurel bench pipeline` makes them: a CSV file with a header, one record per line.
    #
    #   record_id,event,customer,other,seconds,time,cancels
    #   R0000042,out,C-1007,491629876543,62,2026-03-14T09:26:53Z,
    #
    # Everything on the left belongs to Laurel, everything on the right to the file.

    name: calls                 # the source's name; with a record's id it identifies every event, so keep it
    type: cdr
    format: {kind: csv, delimiter: ",", header: true}

    # A missed call is no behaviour. Skipped records are counted as skipped, never as rejected.
    skip: {"==": [{"var": "event"}, "missed"]}

    events:
      # A record that takes another one back, such as a call that was billed by mistake.
      - when: {"==": [{"var": "event"}, "cancel"]}
        customer_id: customer
        event_type: {const: REVERSAL}
        timestamp: {path: time, format: rfc3339}
        source_event_id: record_id
        reverses_id: cancels

      # Everything else. A word that is not in the map rejects the record as unknown_event_type.
      - when: {"!=": [{"var": "event"}, "cancel"]}
        customer_id: customer
        event_type:
          path: event
          map: {out: CALL_OUTGOING, in: CALL_INCOMING, activation: ACTIVATION}
        value: seconds          # an activation has none
        unit: {const: s}
        timestamp: {path: time, format: rfc3339}
        source_event_id: record_id
        metadata:
          destination: other

    """
}

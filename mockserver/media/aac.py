"""AAC-LC silence, written from the syntax of ISO/IEC 14496-3 alone: stereo at 48 kHz."""

from mockserver.media.bits import pack, u

SAMPLE_RATE = 48_000
CHANNELS = 2
SAMPLES_PER_FRAME = 1024

_AAC_LC = 2  # audioObjectType (Table 1.17)
_INDEX_OF_48_KHZ = 3  # samplingFrequencyIndex (Table 1.18)


def audio_specific_config() -> bytes:
    """Describe the stream to a decoder (clause 1.6.2.1, then 4.4.1 with all flags zero)."""
    return pack(u(_AAC_LC, 5) + u(_INDEX_OF_48_KHZ, 4) + u(CHANNELS, 4) + u(0, 3))


def silent_frame() -> bytes:
    """Write one `raw_data_block()` (clause 4.4.2.1) whose two channels hold no spectrum."""
    pair = u(1, 3) + u(0, 4) + u(0, 1)  # id_syn_ele CPE, element_instance_tag, common_window
    return pack(pair + CHANNELS * _silent_channel() + u(7, 3))  # id_syn_ele END


def _silent_channel() -> str:
    """Write `individual_channel_stream()` (clause 4.4.2.7) with not one scale factor band."""
    return "".join(
        (
            u(0, 8),  # global_gain
            u(0, 1),  # ics_reserved_bit
            u(0, 2),  # window_sequence: ONLY_LONG
            u(0, 1),  # window_shape
            u(0, 6),  # max_sfb: no band, so no section, scale factor or spectral data follows
            u(0, 1),  # predictor_data_present
            u(0, 3),  # no pulse, TNS or gain control data
        )
    )

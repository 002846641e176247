// What Swift cannot see of FFmpeg's headers (macros, as inline functions) and what differs between
// the versions we build with (5.1 to 7), so that the Swift side knows one spelling of each.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <string.h>

static inline int cffmpeg_error_again(void) { return AVERROR(EAGAIN); }
static inline int cffmpeg_error_end(void) { return AVERROR_EOF; }
static inline int cffmpeg_error_exit(void) { return AVERROR_EXIT; }
static inline int cffmpeg_error_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int cffmpeg_error_input_output(void) { return AVERROR(EIO); }
static inline int cffmpeg_error_no_memory(void) { return AVERROR(ENOMEM); }
static inline int cffmpeg_error_http_not_found(void) { return AVERROR_HTTP_NOT_FOUND; }
static inline int cffmpeg_error_no_protocol(void) { return AVERROR_PROTOCOL_NOT_FOUND; }
static inline int64_t cffmpeg_no_time(void) { return AV_NOPTS_VALUE; }

// Pixel formats in this machine's byte order: 16-bit planes of green, blue, red; and Cairo's
// 32-bit pixels without alpha.
static inline enum AVPixelFormat cffmpeg_planes16(void) { return AV_PIX_FMT_GBRP16; }
static inline enum AVPixelFormat cffmpeg_canvas(void) { return AV_PIX_FMT_0RGB32; }

static inline const char *cffmpeg_pixel_format_name(int format) {
  return av_get_pix_fmt_name((enum AVPixelFormat)format);
}

// The formats with J in their name are the plain ones at full range.
static inline int cffmpeg_plain_format(int format, int *full_range) {
  switch (format) {
  case AV_PIX_FMT_YUVJ420P: *full_range = 1; return AV_PIX_FMT_YUV420P;
  case AV_PIX_FMT_YUVJ422P: *full_range = 1; return AV_PIX_FMT_YUV422P;
  case AV_PIX_FMT_YUVJ444P: *full_range = 1; return AV_PIX_FMT_YUV444P;
  case AV_PIX_FMT_YUVJ440P: *full_range = 1; return AV_PIX_FMT_YUV440P;
  case AV_PIX_FMT_YUVJ411P: *full_range = 1; return AV_PIX_FMT_YUV411P;
  default: return format;
  }
}

// 1 where the format has red, green and blue of its own, 0 for luma and chroma.
static inline int cffmpeg_is_rgb(int format) {
  const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)format);
  return d && (d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL));
}

// 1 where the format is shades of grey, with or without alpha.
static inline int cffmpeg_is_grey(int format) {
  const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)format);
  return d && d->nb_components <= 2 && !cffmpeg_is_rgb(format);
}

// How many bytes lie before the place that is read next; a macro's or an inline function's, by version.
static inline int64_t cffmpeg_position(AVIOContext *file) { return avio_tell(file); }

// 1 where the input comes over HTTP.
static inline int cffmpeg_is_http(const AVFormatContext *context) {
  return context->url && (!strncmp(context->url, "http:", 5) || !strncmp(context->url, "https:", 6));
}

// The 3×3 display matrix of a stream, null where it has none.
static inline const int32_t *cffmpeg_stream_matrix(const AVStream *stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
  const AVPacketSideData *side = av_packet_side_data_get(
      stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data,
      AV_PKT_DATA_DISPLAYMATRIX);
  return side && side->size >= 36 ? (const int32_t *)side->data : 0;
#else
  size_t size = 0;
  const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  return data && size >= 36 ? (const int32_t *)data : 0;
#endif
}

// The 3×3 display matrix a decoder attached to a frame, null where it has none.
static inline const int32_t *cffmpeg_frame_matrix(const AVFrame *frame) {
  const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
  return side && side->size >= 36 ? (const int32_t *)side->data : 0;
}

// 1 where the decoder says that parts of the picture were lost or guessed.
static inline int cffmpeg_is_damaged(const AVFrame *frame) {
  return (frame->flags & AV_FRAME_FLAG_CORRUPT) || frame->decode_error_flags;
}

// SwsContext is opaque in some versions and a struct in others; here it is always a void pointer.
static inline void *cffmpeg_scaler_allocate(void) { return sws_alloc_context(); }
static inline int cffmpeg_scaler_initialise(void *scaler) {
  return sws_init_context((struct SwsContext *)scaler, 0, 0);
}
static inline void cffmpeg_scaler_free(void *scaler) {
  sws_freeContext((struct SwsContext *)scaler);
}
static inline int cffmpeg_scaler_colours(
    void *scaler, int source_matrix, int source_full, int target_matrix, int target_full) {
  return sws_setColorspaceDetails(
      (struct SwsContext *)scaler, sws_getCoefficients(source_matrix), source_full,
      sws_getCoefficients(target_matrix), target_full, 0, 1 << 16, 1 << 16);
}
static inline int cffmpeg_scale(void *scaler, const AVFrame *source, int height, AVFrame *target) {
  return sws_scale(
      (struct SwsContext *)scaler, (const uint8_t *const *)source->data, source->linesize, 0,
      height, target->data, target->linesize);
}

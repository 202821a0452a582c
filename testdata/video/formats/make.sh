#!/bin/sh
# Makes the videos of this folder again with ffmpeg 5.1; see README.md for what they show.
set -eu
cd "$(dirname "$0")"

# The top left 16×16 square has luma 40 + 3n in source frame n; the bottom right one is Y 120, Cb 90, Cr 170.
pattern() { # width height
  w=$1 h=$2
  printf "nullsrc=s=%sx%s:r=30:d=1.5,format=yuv420p,geq=" "$w" "$h"
  printf "lum='if(lt(X,16)*lt(Y,16),40+3*N,if(gte(X,%s)*gte(Y,%s),120,70+X+Y))':" $((w - 16)) $((h - 16))
  printf "cb='if(lt(X,8)*lt(Y,8),128,if(gte(X,%s)*gte(Y,%s),90,112+X))':" $((w / 2 - 8)) $((h / 2 - 8))
  printf "cr='if(lt(X,8)*lt(Y,8),128,if(gte(X,%s)*gte(Y,%s),170,140-Y))'" $((w / 2 - 8)) $((h / 2 - 8))
}
encode() { # filters, then options and the file
  filters=$1
  shift
  ffmpeg -v error -y -f lavfi -i "$(pattern 64 48)" -vf "$filters" -fps_mode passthrough -bitexact "$@"
}
x264="-c:v libx264 -preset slow -crf 12 -pix_fmt yuv420p -movflags +faststart"

encode null $x264 -bf 2 -g 12 -keyint_min 12 gop-12.mp4
encode "select='lt(n,8)+not(mod(n,5))'" $x264 -bf 2 -enc_time_base 1/90000 -video_track_timescale 90000 variable-rate.mp4
encode "select='lt(n,8)+not(mod(n,5))'" -c:v libvpx-vp9 -crf 12 -b:v 0 variable-rate.webm
encode null -c:v libvpx -crf 6 -b:v 400k vp8.webm
encode null -c:v libaom-av1 -cpu-used 6 -crf 12 -b:v 0 av1.mkv
encode null -c:v libx265 -preset slow -crf 10 -x265-params log-level=none -pix_fmt yuv420p10le -tag:v hvc1 ten-bit.mov
encode setsar=4/3 $x264 anamorphic.mp4
encode null $x264 -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv bt709.mp4
encode tinterlace=interleave_top $x264 -flags +ilme+ildct -x264-params tff=1 interlaced-top.mp4
encode tinterlace=interleave_bottom -c:v mpeg2video -flags +ilme+ildct -q:v 1 -bf 2 -g 6 interlaced-bottom.mkv
encode setparams=range=pc $x264 -color_range pc full-range.mp4
encode crop=63:47:0:0:exact=1,format=yuv444p -c:v libvpx-vp9 -crf 8 -b:v 0 odd-size.webm
for degrees in 90 180 270; do
  ffmpeg -v error -y -i gop-12.mp4 -c copy -bitexact -metadata:s:v:0 rotate=$((360 - degrees)) rotated-$degrees.mov
done
ffmpeg -v error -y -ss 0.5 -i gop-12.mp4 -c copy -bitexact edit-list.mp4

# Six patches of sRGB, each 32×32, brought into wide and bright colours by zimg, and videos that one of the decoders cannot read.
patches="color=0x3c3c3c:s=32x32:r=5:d=0.6[a]; color=0x808080:s=32x32:r=5:d=0.6[b]; color=0xaa785f:s=32x32:r=5:d=0.6[c];
  color=0x3c50a0:s=32x32:r=5:d=0.6[d]; color=0x287850:s=32x32:r=5:d=0.6[e]; color=0xffffff:s=32x32:r=5:d=0.6[f];
  [a][b][c][d][e][f]hstack=6,format=gbrp"
recolour() { # transfer, primaries, matrix, pixel format, then options and the file
  to="t=$1:p=$2:m=$3:r=limited:npl=203:agamma=false,format=$4"
  shift 4
  from="tin=iec61966-2-1:pin=709:min=gbr:rin=full"
  ffmpeg -v error -y -f lavfi -i "$patches,zscale=$from:$to" -bitexact -color_range tv "$@"
}
x265="-c:v libx265 -preset slow -crf 4 -x265-params log-level=none -tag:v hvc1"
bt2020="-color_primaries bt2020 -colorspace bt2020nc"
recolour arib-std-b67 2020 2020_ncl yuv420p10le $x265 $bt2020 -color_trc arib-std-b67 hlg.mov
recolour smpte2084 2020 2020_ncl yuv420p10le $x265 $bt2020 -color_trc smpte2084 pq.mp4
recolour iec61966-2-1 2020 2020_ncl yuv420p10le $x265 $bt2020 -color_trc bt709 bt2020.mp4
recolour iec61966-2-1 smpte432 709 yuv420p $x264 -crf 4 -color_primaries smpte432 -color_trc bt709 -colorspace bt709 p3.mov
ffmpeg -v error -y -f lavfi -i "$patches" -bitexact -c:v libx264rgb -preset slow -crf 4 rgb.mp4
ffmpeg -v error -y -f lavfi -i "$patches" -bitexact -frames:v 1 -c:v prores_ks -profile:v proxy -pix_fmt yuv422p10le prores.mov
